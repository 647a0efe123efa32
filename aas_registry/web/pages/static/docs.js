// Swagger UI in place of the plain list; the list stays where the bundle did not load.
const place = document.getElementById("operations");

if (window.SwaggerUIBundle && place) {
  place.classList.add("swagger-page");
  window.SwaggerUIBundle({
    domNode: place,
    url: place.dataset.description,
    docExpansion: "list",
    deepLinking: true,
    validatorUrl: null,
  });
}
