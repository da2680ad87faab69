/** One A4 sheet, black on white, readable from a phone's screen too. */
export const sheetStyle = `@page{size:A4;margin:10mm}
*{box-sizing:border-box}
body{font:9pt/1.25 system-ui,sans-serif;color:#111;max-width:190mm;margin:0 auto;padding:4mm}
@media print{body{padding:0}}
header{display:flex;justify-content:space-between;align-items:baseline;border-bottom:2px solid #111}
p{margin:.5mm 0}
h1{font-size:16pt;margin:0 0 2mm}
h2{font-size:10.5pt;margin:2mm 0 .5mm}
table{border-collapse:collapse;width:100%}
th{text-align:left;font-weight:600}
.head{margin-top:2mm}.head tbody{display:grid;grid-template-columns:1fr 1fr}.head tr{display:flex}
.head th{flex:0 0 38mm;color:#444;font-weight:500}.head td{overflow-wrap:anywhere}
.grid th,.grid td{border-bottom:.3mm solid #bbb;padding:.6mm 2mm .6mm 0}
@media screen and (max-width:500px){.head tbody{grid-template-columns:1fr}.grid td,.grid th{overflow-wrap:anywhere}}
svg{display:block;width:100%;max-height:62mm}
svg+svg{max-height:26mm}
@media screen and (max-width:500px){svg,svg+svg{max-height:none;font-size:13px}}
.mark{border:.6mm solid #111;padding:1mm 2mm;font-weight:700}
.passed,.failed{font-size:13pt;font-weight:700;margin:0}
footer{border-top:.3mm solid #111;margin-top:3mm;font-size:8pt;break-inside:avoid}
footer p{margin:.5mm 0}code{font-size:7.5pt;overflow-wrap:anywhere}
.sign{padding-top:5mm;border-bottom:.3mm solid #111;width:70mm}`;
