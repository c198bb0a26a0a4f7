import { pageColours } from './palette.js';

/** The page's only style sheet; its hash is in the page's policy. */
export const pageStyle = `${pageColours}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:14px/1.45 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
main,header,footer{max-width:1320px;margin:0 auto;padding:0 20px}
h1{font-size:20px;margin:18px 0 2px}
h2{font-size:16px;margin:26px 0 8px}
h3{font-size:13px;margin:16px 0 4px}
p{margin:4px 0}
a{color:var(--link)}
code,pre,.mono{font:12px/1.45 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}
pre{margin:4px 0;padding:8px 10px;overflow:auto;max-height:420px;background:var(--raised);border:1px solid var(--line);border-radius:3px;white-space:pre-wrap;overflow-wrap:anywhere;tab-size:2}
pre.table{white-space:pre;overflow-wrap:normal}
.soft{color:var(--soft)}
.skip-link{position:absolute;left:-9999px}
.skip-link:focus{left:8px;top:8px;background:var(--ground);padding:6px 10px;z-index:2}
:focus-visible{outline:2px solid var(--link);outline-offset:1px}
.top{display:flex;justify-content:space-between;align-items:flex-start;gap:12px}
.top button{margin-top:18px;flex:none}
button,input,select{font:inherit;font-size:13px;color:var(--ink);background:var(--ground);border:1px solid var(--line);border-radius:3px;padding:3px 8px}
button{cursor:pointer}
.js-only{display:none}
.js .js-only{display:revert}
.note{border-left:3px solid var(--skip);padding:4px 10px;background:var(--raised);margin:10px 0}
.pass{color:var(--pass)}.fail{color:var(--fail)}.skip{color:var(--skip)}.broken{color:var(--broken)}
.outcome{font-weight:600}
form{display:flex;flex-wrap:wrap;gap:6px 16px;align-items:center;margin:6px 0 10px;padding:8px 0;border-bottom:1px solid var(--line)}
.js form.js-only{display:flex}
fieldset{display:flex;gap:4px 12px;border:0;margin:0;padding:0;flex-wrap:wrap}
legend{float:left;padding:0;margin-right:10px}
label{white-space:nowrap}
select{max-width:240px}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;width:100%}
caption{text-align:left;color:var(--soft);padding:0 0 4px}
th,td{text-align:left;vertical-align:top;padding:3px 14px 3px 0;border-bottom:1px solid var(--line)}
th{font-weight:600;font-size:12px;color:var(--soft);white-space:nowrap}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
tbody th[scope=row]{font-weight:400;font-size:inherit;color:inherit;white-space:normal}
.results>tbody>tr>th.title{font-weight:600;min-width:22ch}
.base{white-space:nowrap}
.detail .scroll{margin-top:12px}
.detail figure .scroll{margin-top:0}
table.facts{width:auto}
table.facts tbody th[scope=row]{color:var(--soft);white-space:nowrap}
table.facts td{overflow-wrap:anywhere}
.results>tbody>tr:first-child:hover{background:var(--raised)}
.results .toggle{border:0;background:none;padding:0;text-align:left;color:var(--link);font-size:14px;overflow-wrap:anywhere}
.results .toggle::before{content:"\\25b8";display:inline-block;width:14px;color:var(--soft)}
.results .toggle[aria-expanded=true]::before{content:"\\25be"}
.variant{overflow-wrap:break-word;min-width:15ch}
.data{min-width:16ch}
.reason{max-width:64ch;overflow-wrap:anywhere}
.detail>td{padding:2px 0 18px 14px;border-left:2px solid var(--line)}
.js .detail{display:none}
.js .open>.detail{display:table-row}
.js tbody.hidden{display:none}
.panels{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr));gap:0 32px}
.panels>*{min-width:0}
figure{margin:0}
figure svg{display:block;max-width:100%;height:auto}
figure .scroll svg{max-width:none}
figcaption{font-size:12px;color:var(--soft)}
svg{color:var(--ink)}
svg.chart{font:10px system-ui,"DejaVu Sans",sans-serif;fill:currentColor}
.legend{display:flex;flex-wrap:wrap;gap:2px 16px;list-style:none;margin:4px 0;padding:0;font-size:12px}
.swatch{display:inline-block;vertical-align:-1px;margin-right:5px}
ul.plain{list-style:none;margin:4px 0;padding:0}
ul.plain li{overflow-wrap:anywhere}
summary{cursor:pointer}
details{margin:4px 0}
footer{margin-top:30px;padding-bottom:30px;color:var(--soft);font-size:12px}
@media(max-width:640px){
main,header,footer{padding:0 12px}
.results{display:block}
.results>caption{display:block}
.results>thead{position:absolute;left:-9999px}
.results>tbody{display:block;border-bottom:1px solid var(--line);padding:4px 0}
.results>tbody>tr{display:flex;flex-wrap:wrap;gap:0 10px}
.results>tbody>tr>td,.results>tbody>tr>th{border:0;padding:1px 0}
.results>tbody>tr>td:empty{display:none}
.results>tbody>tr>th.title{flex:1 1 60%;min-width:0}
.results>tbody>tr>.wide{flex:1 1 100%}
.results>tbody>tr:first-child>td.variant,.results>tbody>tr:first-child>td.number{color:var(--soft);font-size:12px}
.js .results>tbody>.detail{display:none}
.js .results>.open>.detail{display:flex}
.results>tbody>tr.detail{flex-wrap:nowrap}
.results>tbody>tr.detail>td{flex:1 1 100%;min-width:0;padding:2px 0 12px 8px}
input[type=search]{flex:1;min-width:0}
form label.search{display:flex;gap:6px;align-items:center;flex:1 1 100%}
}
@media print{
body{font-size:10pt}
main,header,footer{max-width:none;padding:0}
form,.top button,.skip-link,.js form.js-only{display:none}
.js tbody[data-outcome=fail]>.detail,.js tbody[data-outcome=broken]>.detail{display:table-row}
.js tbody.hidden>.detail{display:none}
pre{max-height:none;overflow:visible}
thead{display:table-header-group}
figure,.results>tbody>tr:first-child{break-inside:avoid}
.detail>td{border-left:0}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}`;
