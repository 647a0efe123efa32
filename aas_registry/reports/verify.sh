#!/usr/bin/env bash
# Verifies a trace report bundle that was unpacked into a folder.
#
#   bash verify.sh ROOT.pem [FOLDER]
#
# ROOT.pem is the root certificate of the registry's operator, got by a way of its own.
# FOLDER is the unpacked bundle; without it, the folder of this script.
# Ends with VERIFIED (exit 0), FAILED (1) or UNKNOWN (2).
set -u
export LC_ALL=C

root="${1:-}"
folder="${2:-$(dirname -- "$0")}"
failed=0
unknown=0
passed() { printf 'passed   %s: %s\n' "$1" "$2"; }
fail() { printf 'FAILED   %s: %s\n' "$1" "$2"; failed=1; }
unsure() { printf 'UNKNOWN  %s: %s\n' "$1" "$2"; unknown=1; }

if [ -n "$root" ]; then
  if ! openssl x509 -in "$root" -noout 2>/dev/null; then
    echo "UNKNOWN: $root holds no certificate." >&2
    exit 2
  fi
  root="$(realpath -- "$root")"
fi
cd -- "$folder" || exit 2
work="$(mktemp -d)" || exit 2
trap 'rm -rf -- "$work"' EXIT

# --- the manifest -----------------------------------------------------------------------

name_pattern='[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*){0,4}'

check_manifest() {
  local line name digest bad=0
  if [ ! -f MANIFEST.sha256 ]; then fail MANIFEST.sha256 'is missing'; return; fi
  if grep -Evq "^[0-9a-f]{64}  $name_pattern\$" MANIFEST.sha256 ||
     [ -n "$(sed 's/^.\{66\}//' MANIFEST.sha256 | sort | uniq -d)" ] ||
     [ -n "$(tail -c 1 MANIFEST.sha256)" ]; then
    fail MANIFEST.sha256 'has a line that is none'
    return
  fi
  while read -r digest name; do
    if [ ! -f "$name" ] || [ -L "$name" ]; then fail "$name" 'is missing'; bad=1
    elif [ "$(sha256sum < "$name")" != "$digest  -" ]; then fail "$name" 'differs from the manifest'; bad=1
    fi
  done < MANIFEST.sha256
  { sed 's/^.\{66\}//' MANIFEST.sha256; printf 'MANIFEST.sha256\nMANIFEST.p7s\n'; } | sort > "$work/listed"
  find . -mindepth 1 ! -type d -printf '%P\n' | sort > "$work/found"
  while IFS= read -r line; do fail "$line" 'is not in the manifest'; bad=1
  done < <(comm -13 "$work/listed" "$work/found")
  for name in report.json report.dsse.json report.pdf trust/chain.pem VERIFY.md verify.sh; do
    grep -Fxq "$name" "$work/listed" || { fail "$name" 'is not in the manifest'; bad=1; }
  done
  [ "$bad" = 1 ] || passed MANIFEST.sha256 "$(wc -l < MANIFEST.sha256) files are as listed, and no other is here"
}

# --- certificates ------------------------------------------------------------------------

# check_cms FILE SIGNATURE CONTENT: a CAdES signature under the root, by a key for reports.
check_cms() {
  local file="$1" signature="$2" content="$3"
  local command=(openssl cms -verify -cades -binary -inform DER -in "$signature" -content "$content"
                 -CAfile "$root" -no-CApath -no-CAstore -out /dev/null -signer "$work/signer.pem")
  rm -f "$work/signer.pem"
  if [ -z "$root" ]; then unsure "$file" 'no root certificate was given'; return; fi
  if ! "${command[@]}" 2>"$work/log"; then
    if "${command[@]}" -no_check_time 2>/dev/null; then
      unsure "$file" 'the signer is outside its validity now; nothing proves when it signed'
    else
      fail "$file" 'the signature does not hold under the given root'
      return
    fi
  else
    passed "$file" 'signed under the given root'
  fi
  is_for report "$work/signer.pem" || fail "$file" 'the signer is not a key for reports'
  same_key "$work/signer.pem" trust/chain.pem || fail "$file" 'the signer is not that of trust/chain.pem'
}

is_for() {
  openssl x509 -in "$2" -noout -subject -nameopt RFC2253 2>/dev/null |
    grep -Eq "^subject=(.*,)?OU=$1(,.*)?\$"
}

same_key() { [ "$(openssl x509 -in "$1" -outform DER 2>/dev/null | sha256sum)" = \
               "$(openssl x509 -in "$2" -outform DER 2>/dev/null | sha256sum)" ]; }

# check_chain FILE CHAIN PURPOSE: the first certificate of CHAIN leads to the root. Sets signer_ok.
check_chain() {
  local command=(openssl verify -CAfile "$root" -no-CApath -no-CAstore -untrusted "$2")
  signer_ok=0
  if ! is_for "$3" "$2"; then fail "$1" "the signer is not a key for $3"
  elif [ -z "$root" ]; then unsure "$1" 'no root certificate was given'
  elif "${command[@]}" "$2" >/dev/null 2>&1; then signer_ok=1
  elif "${command[@]}" -no_check_time "$2" >/dev/null 2>&1; then
    unsure "$1" 'the signer is outside its validity now; nothing proves when it signed'
  else fail "$1" 'the signer does not lead to the given root'
  fi
}

# --- DSSE envelopes ----------------------------------------------------------------------

# check_envelope FILE PURPOSE TYPE: leaves the payload in $work/payload.
check_envelope() {
  local file="$1" purpose="$2" type="$3" key chain
  local shape='^{"payload":"\([A-Za-z0-9+/=]*\)","payloadType":"\([^"\\]*\)","signatures":\[{"keyid":"\([0-9a-f]\{64\}\)","sig":"\([A-Za-z0-9+/=]*\)"}\]}$'
  : > "$work/payload"
  if [ ! -f "$file" ] || [ "$(sed -n "s|$shape|\\2|p" "$file")" != "$type" ]; then
    fail "$file" "is no envelope of $type"; return 1
  fi
  key="$(sed -n "s|$shape|\\3|p" "$file")"
  chain="trust/keys/$key.pem"
  sed -n "s|$shape|\\1|p" "$file" | base64 -d > "$work/payload" 2>/dev/null || { fail "$file" 'is damaged'; return 1; }
  sed -n "s|$shape|\\4|p" "$file" | base64 -d > "$work/sig" 2>/dev/null || { fail "$file" 'is damaged'; return 1; }
  openssl x509 -in "$chain" -pubkey -noout > "$work/key.pem" 2>/dev/null || { fail "$file" "$chain is missing"; return 1; }
  if [ "$(openssl pkey -pubin -in "$work/key.pem" -outform DER | sha256sum)" != "$key  -" ]; then
    fail "$chain" 'holds another key than its name says'; return 1
  fi
  { printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$(wc -c < "$work/payload")"; cat "$work/payload"; } > "$work/pae"
  if ! openssl dgst -sha256 -verify "$work/key.pem" -signature "$work/sig" "$work/pae" >/dev/null 2>&1; then
    fail "$file" 'the signature does not fit'; return 1
  fi
  check_chain "$file" "$chain" "$purpose"
  return 0
}

check_report() {
  check_envelope report.dsse.json report application/vnd.aas-registry.report+json || return
  if ! cmp -s "$work/payload" report.json; then fail report.json 'is not what report.dsse.json signs'
  elif [ "$signer_ok" = 1 ]; then passed report.dsse.json 'signs report.json, under the given root'
  fi
}

# A report for a customer may withhold originals; then it lists their digests as its last member.
# Quotes within a text stand behind a backslash, so no text can look like that list.
excerpt=urn:aas-registry:certificate-countersignature-excerpt:1.0

check_statements() {
  local file kind digest name withheld
  withheld="$(sed -n 's/.*,"truncation":"none","withheld":\["\([0-9a-f",]*\)"\]}$/"\1"/p' report.json 2>/dev/null | tr ',' '\n')"
  while IFS='"' read -r _ digest _; do
    [ -n "$digest" ] || continue
    name="evidence/certificates/$digest.pdf"
    if [ -e "$name" ]; then fail "$name" 'is here, but the report says that it is withheld'
    else echo "withheld $name: so the report says; only excerpts speak of it"
    fi
  done <<< "$withheld"
  for file in evidence/statements/*; do
    [ -e "$file" ] || continue
    check_envelope "$file" countersign application/vnd.in-toto+json || continue
    read -r kind digest <<< "$(sed -n 's/.*,"predicateType":"\([^"\\ ]*\)","subject":\[{"digest":{"sha256":"\([0-9a-f]\{64\}\)"},"name":"\([^"\\]\|\\.\)*"}\]}$/\1 \2/p' "$work/payload")"
    name="evidence/certificates/$digest.pdf"
    if [ -n "$digest" ] && [ "$kind" = "$excerpt" ] && grep -Fxq "\"$digest\"" <<< "$withheld"; then
      [ "$signer_ok" != 1 ] || passed "$file" 'signed under the given root, an excerpt about a withheld original'
    elif [ -z "$digest" ] || [ ! -f "$name" ]; then fail "$file" 'speaks of an original that is not here'
    elif [ "$(sha256sum < "$name")" != "$digest  -" ]; then fail "$name" 'is not the original that it is named after'
    elif [ "$signer_ok" = 1 ]; then passed "$file" 'signed under the given root, and its original is here'
    fi
  done
}

# --- the PDF -----------------------------------------------------------------------------

check_pdf() {
  if ! command -v pdfsig >/dev/null || ! command -v pdfdetach >/dev/null; then
    unsure report.pdf 'pdfsig and pdfdetach (poppler-utils) are not installed'; return
  fi
  if [ ! -f report.pdf ]; then fail report.pdf 'is missing'; return; fi
  cp report.pdf "$work/report.pdf"
  (cd "$work" && pdfsig -nocert report.pdf > pdfsig.txt 2>/dev/null; pdfsig -dump report.pdf >/dev/null 2>&1)
  if [ "$(grep -c '^Signature #' "$work/pdfsig.txt")" != 1 ] ||
     ! grep -q 'Signature is Valid' "$work/pdfsig.txt" ||
     ! grep -q 'Total document signed' "$work/pdfsig.txt" ||
     grep -q 'Not total document signed' "$work/pdfsig.txt"; then
    fail report.pdf 'pdfsig does not find one valid signature over the total document'; return
  fi
  pdfdetach -save 1 -o "$work/attached.json" report.pdf 2>/dev/null
  cmp -s "$work/attached.json" report.json || fail report.pdf 'the attached report is not report.json'
  local ranges
  ranges="$(sed -n 's/.*Signed Ranges: \[0 - \([0-9]*\)\], \[\([0-9]*\) - \([0-9]*\)\].*/\1 \2 \3/p' "$work/pdfsig.txt")"
  read -r first second last <<< "$ranges"
  { head -c "$first" report.pdf; tail -c +"$((second + 1))" report.pdf | head -c "$((last - second))"; } > "$work/signed"
  check_cms report.pdf "$(find "$work" -name 'report.pdf.sig*')" "$work/signed"
}

# --- all of it ---------------------------------------------------------------------------

check_manifest
if [ -f MANIFEST.sha256 ] && [ -f MANIFEST.p7s ]; then check_cms 'MANIFEST.p7s over MANIFEST.sha256' MANIFEST.p7s MANIFEST.sha256
else fail MANIFEST.p7s 'is missing'
fi
check_report
check_statements
check_pdf

cat <<'TEXT'

Not checked:
- whether everything that happened was recorded, and recorded rightly
- when the report was made: no outside authority confirmed its times
- whether a key was revoked since
- whether a supplier's signature on an original holds today
- the ZIP container that the files came in
TEXT
if [ "$failed" = 1 ]; then echo 'FAILED'; exit 1; fi
if [ "$unknown" = 1 ]; then echo 'UNKNOWN'; exit 2; fi
echo 'VERIFIED'
