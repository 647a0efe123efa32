"""The elements of a workbook that are known to be passive, each below its parent, with its attributes.

What is not listed is not handed on: formulas, links, drawings, controls, extensions, and what refers to
such parts (code names, named styles, linked values).

Source:
    ECMA-376-1:2016, 18.3 (worksheets), 18.7 (comments), 18.8 (styles).
"""

from collections.abc import Mapping
from enum import Enum

Elements = Mapping[tuple[str, str], frozenset[str]]
_COLOR = "auto indexed rgb theme tint"
_SHEET = f"""
- worksheet
worksheet sheetPr filterMode
sheetPr tabColor {_COLOR}
sheetPr outlinePr applyStyles summaryBelow summaryRight showOutlineSymbols
sheetPr pageSetUpPr autoPageBreaks fitToPage
worksheet sheetViews
sheetViews sheetView showFormulas showGridLines showRowColHeaders showZeros rightToLeft showRuler
 showOutlineSymbols defaultGridColor showWhiteSpace view topLeftCell colorId zoomScale zoomScaleNormal
 zoomScaleSheetLayoutView zoomScalePageLayoutView
sheetView pane xSplit ySplit topLeftCell activePane state
sheetView selection pane activeCell activeCellId sqref
worksheet sheetFormatPr baseColWidth defaultColWidth defaultRowHeight customHeight zeroHeight thickTop
 thickBottom outlineLevelRow outlineLevelCol
worksheet cols
cols col min max width style hidden bestFit customWidth outlineLevel collapsed
worksheet sheetData
sheetData row r spans s customFormat ht hidden customHeight outlineLevel collapsed thickTop thickBot
row c r s t
c v
c is
is t
is r
r t
worksheet sheetProtection password algorithmName hashValue saltValue spinCount sheet objects scenarios
 formatCells formatColumns formatRows insertColumns insertRows insertHyperlinks deleteColumns deleteRows
 selectLockedCells selectUnlockedCells sort autoFilter pivotTables
worksheet autoFilter ref
worksheet mergeCells
mergeCells mergeCell ref
worksheet conditionalFormatting sqref
conditionalFormatting cfRule type dxfId priority stopIfTrue aboveAverage percent bottom operator text
 timePeriod rank stdDev equalAverage
cfRule formula
cfRule colorScale
cfRule dataBar minLength maxLength showValue
cfRule iconSet iconSet showValue percent reverse
colorScale cfvo type val gte
colorScale color {_COLOR}
dataBar cfvo type val gte
dataBar color {_COLOR}
iconSet cfvo type val gte
worksheet dataValidations disablePrompts xWindow yWindow
dataValidations dataValidation type errorStyle imeMode operator allowBlank showDropDown showInputMessage
 showErrorMessage errorTitle error promptTitle prompt sqref
dataValidation formula1
dataValidation formula2
worksheet printOptions horizontalCentered verticalCentered headings gridLines gridLinesSet
worksheet pageMargins left right top bottom header footer
worksheet pageSetup paperSize paperHeight paperWidth scale firstPageNumber fitToWidth fitToHeight pageOrder
 orientation usePrinterDefaults blackAndWhite draft cellComments useFirstPageNumber errors horizontalDpi
 verticalDpi copies
"""
_FONT = """
font b val
font i val
font strike val
font condense val
font extend val
font outline val
font shadow val
font u val
font vertAlign val
font sz val
font name val
font family val
font charset val
font scheme val
"""
_SIDES = "".join(
    f"border {name} style\n{name} color {_COLOR}\n"
    for name in ("left", "right", "top", "bottom", "diagonal", "vertical", "horizontal")
)
_ALIGNMENT = (
    "alignment horizontal vertical textRotation wrapText indent relativeIndent justifyLastLine shrinkToFit"
    " readingOrder"
)
_STYLES = f"""
- styleSheet
styleSheet numFmts
numFmts numFmt numFmtId formatCode
styleSheet fonts
fonts font
{_FONT}font color {_COLOR}
styleSheet fills
fills fill
fill patternFill patternType
patternFill fgColor {_COLOR}
patternFill bgColor {_COLOR}
fill gradientFill type degree left right top bottom
gradientFill stop position
stop color {_COLOR}
styleSheet borders
borders border diagonalUp diagonalDown outline
{_SIDES}styleSheet cellXfs
cellXfs xf numFmtId fontId fillId borderId quotePrefix applyNumberFormat applyFont applyFill applyBorder
 applyAlignment applyProtection
xf {_ALIGNMENT}
xf protection locked hidden
styleSheet dxfs
dxfs dxf
dxf font
dxf numFmt numFmtId formatCode
dxf fill
dxf {_ALIGNMENT}
dxf border diagonalUp diagonalDown outline
dxf protection locked hidden
styleSheet colors
colors indexedColors
indexedColors rgbColor rgb
"""
_NOTES = """
- comments
comments authors
authors author
comments commentList
commentList comment ref authorId
comment text
text t
text r
r t
"""


def _elements(lines: str) -> Elements:
    """Return the attributes by parent and name; a line that begins with a space goes on with the last."""
    known = [line.split() for line in lines.replace("\n ", " ").splitlines() if line]
    return {(parent, name): frozenset(attributes) for parent, name, *attributes in known}


class PartKind(Enum):
    """The kinds of part that are written anew, each with its elements; the root stands below ``-``."""

    SHEET = _elements(_SHEET)
    STYLES = _elements(_STYLES)
    NOTES = _elements(_NOTES)
