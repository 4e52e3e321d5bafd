// SPDX-License-Identifier: Apache-2.0
/// The page's style: light and dark, screen, phone and paper; no font and no file from elsewhere.
enum ReportStyle {
    /// Colors are Okabe and Ito's blue and vermillion, which the color-blind tell apart, darkened or lightened until text
    /// in them has a contrast of at least 4.5 to its ground (WCAG 2.2, 1.4.3).
    private static let light = """
        --ink:#1c2128;--quiet:#57606a;--paper:#ffffff;--card:#f6f8fa;--rule:#d0d7de;--grid:#e4e8ec;
        --blue:#0969a8;--orange:#b34700;--area:#0969a814;--mark:#fff3df;--shade:#0003;color-scheme:light;
        """

    private static let dark = """
        --ink:#e6edf3;--quiet:#9aa5b1;--paper:#0f1318;--card:#171c23;--rule:#38414c;--grid:#262d36;
        --blue:#6cb6ff;--orange:#f69d50;--area:#6cb6ff1c;--mark:#3a2f1c;--shade:#0009;color-scheme:dark;
        """

    static let sheet = """
        :root{\(light)}
        @media (prefers-color-scheme:dark){:root{\(dark)}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",
        Roboto,"Liberation Sans",sans-serif;overflow-wrap:break-word}
        main,header,footer{max-width:1080px;margin:0 auto;padding:0 20px}
        header{padding-top:32px}
        h1{font-size:1.75rem;line-height:1.2;margin:0 0 .25rem;letter-spacing:-.01em}
        h2{font-size:1.25rem;margin:2.75rem 0 .5rem;padding-top:.75rem;border-top:1px solid var(--rule)}
        h3{font-size:1rem;margin:0 0 .5rem}
        p{margin:.5rem 0;max-width:72ch}
        .quiet,figcaption,.caption{color:var(--quiet)}
        .notice{display:inline-block;margin:.5rem 0 0;padding:.15rem .6rem;border:1px solid var(--rule);
        border-radius:1rem;font-size:.875rem;color:var(--quiet)}
        .lead{font-size:1.125rem;margin:1.25rem 0 0}
        .tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:12px;margin:1.25rem 0 0;padding:0;list-style:none}
        .tiles li{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:14px 16px}
        .tiles span{display:block}
        .tiles .name{font-size:.875rem;color:var(--quiet)}
        .tiles .value{font-size:1.75rem;line-height:1.25;font-weight:600;font-variant-numeric:tabular-nums}
        .tiles .range{font-size:.8125rem;color:var(--quiet);font-variant-numeric:tabular-nums}
        .plots{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:16px;margin:1rem 0}
        figure{margin:0;background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:16px}
        figure>svg{display:block;width:100%;max-width:460px;margin:0 auto}
        figcaption{font-size:.875rem;line-height:1.45;margin-top:.75rem}
        .tabular{margin:1rem 0;border:1px solid var(--rule);border-radius:10px;overflow:hidden}
        .plots .tabular{margin:0 0 1rem}
        .caption{margin:0;padding:10px 14px;font-size:.875rem;max-width:none}
        .scroll{overflow-x:auto;background:linear-gradient(90deg,var(--paper) 30%,transparent),
        linear-gradient(270deg,var(--paper) 30%,transparent) 100% 0,linear-gradient(90deg,var(--shade),transparent),
        linear-gradient(270deg,var(--shade),transparent) 100% 0;background-repeat:no-repeat;
        background-size:40px 100%,40px 100%,12px 100%,12px 100%;background-attachment:local,local,scroll,scroll}
        .scroll:focus-visible{outline:2px solid var(--blue);outline-offset:-2px}
        table{border-collapse:collapse;width:100%;font-size:.875rem;font-variant-numeric:tabular-nums}
        th,td{padding:6px 14px;text-align:left;border-top:1px solid var(--grid);vertical-align:top}
        th{font-weight:600;white-space:nowrap}
        td{white-space:nowrap}
        .number{text-align:right}
        thead th{color:var(--quiet);font-weight:500;border-top:1px solid var(--rule)}
        tbody th{position:sticky;left:0;background:var(--paper)}
        tr.marked>*{background:var(--mark)}
        .definitions td{white-space:normal;min-width:16rem}
        .wall{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:12px;margin:1rem 0}
        .wall figure{padding:10px}
        .wall .pair{display:grid;grid-template-columns:1fr 1fr;gap:4px;background:#000;border-radius:6px;overflow:hidden}
        .wall img{display:block;width:100%;aspect-ratio:1;object-fit:contain}
        .wall figcaption{margin-top:.5rem;font-size:.8125rem;overflow-wrap:anywhere}
        .wall strong{color:var(--ink);font-weight:600}
        details{margin:.75rem 0}
        summary{cursor:pointer}
        code{font-family:ui-monospace,SFMono-Regular,Menlo,"Liberation Mono",monospace;font-size:.875em}
        footer{margin-top:2.5rem;padding-bottom:32px;font-size:.875rem}
        \(plots)
        @media (max-width:720px){
        main,header,footer{padding-left:14px;padding-right:14px}
        header{padding-top:20px}
        h1{font-size:1.4rem}
        .tiles{grid-template-columns:1fr 1fr;gap:8px}
        .tiles li{padding:10px 12px}
        .tiles .value{font-size:1.4rem}
        .plots{grid-template-columns:minmax(0,1fr)}
        figure{padding:12px}
        th,td,.caption{padding-left:10px;padding-right:10px}
        .wall{grid-template-columns:minmax(0,1fr)}
        .scroll th{white-space:normal}
        .scroll th:not(.number){min-width:7rem}
        .scroll td:nth-child(-n+3):not(.number){white-space:normal;min-width:9rem}
        }
        \(paper)
        """

    /// Of the SVG plots.
    private static let plots = """
        svg text{fill:var(--quiet);font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
        svg .label{fill:var(--ink);font-size:12.5px}
        svg .value{fill:var(--ink);font-size:14px;font-weight:600}
        svg .count{fill:var(--ink);font-size:27px;font-weight:600}
        svg .tick{font-variant-numeric:tabular-nums}
        svg .share{fill:var(--ink)}
        .grid{stroke:var(--grid);stroke-width:1}
        .axis{stroke:var(--quiet);stroke-width:1}
        .guess{stroke:var(--quiet);stroke-width:1;stroke-dasharray:4 4}
        .threshold{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:2 3}
        .area{fill:var(--area)}
        .curve,.holdout{fill:none;stroke:var(--blue);stroke-width:2.25;stroke-linejoin:round}
        .holdout{stroke:var(--orange);stroke-dasharray:6 4}
        .dot{stroke:none;fill:var(--blue)}
        .holdout.dot{fill:var(--orange)}
        .whisker{stroke-width:1.5}
        .mark{stroke-width:2}
        .chosen{stroke:var(--orange)}
        .chosen.mark{fill:var(--orange)}
        .target{stroke:var(--orange)}
        .target.mark{fill:var(--card)}
        .right-cell{fill:var(--blue)}
        .wrong-cell{fill:var(--orange)}
        .disease-bar{fill:var(--orange)}
        .normal-bar{fill:var(--blue)}
        svg .disease-text,svg .holdout-text{fill:var(--orange)}
        svg .normal-text{fill:var(--blue)}
        """

    /// On paper: always light, nothing cut in two, nothing that must be scrolled.
    private static let paper = """
        @page{margin:14mm}
        @media print{
        :root{\(light)}
        html{font-size:9.5pt}
        tbody th{position:static}
        .scroll{background:none}
        main,header,footer{max-width:none;padding:0}
        .tiles{grid-template-columns:repeat(4,1fr)}
        .plots{grid-template-columns:1fr 1fr}
        .wall{grid-template-columns:repeat(3,1fr)}
        figure,.tiles li,tr{break-inside:avoid}
        h2,h3,.caption{break-after:avoid}
        .tabular,.scroll{overflow:visible}
        th,td{padding:3px 5px;white-space:normal}
        .right-cell,.wrong-cell,.disease-bar,.normal-bar,tr.marked>*{print-color-adjust:exact;
        -webkit-print-color-adjust:exact}
        }
        """
}
