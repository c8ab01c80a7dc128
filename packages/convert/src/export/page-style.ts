/** The style of a page about runs: light or dark as its reader has it, and fit for print. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --model: #3867d6; --tool: #20875a; --bad: #c0392b }
* { box-sizing: border-box }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem; overflow-wrap: anywhere }
h3 { font-size: .8rem; font-weight: 600; margin: .8rem 0 .2rem; opacity: .7 }
dl { display: flex; flex-wrap: wrap; gap: .4rem 1.6rem; padding: .8rem 0; border-block: 1px solid var(--line) }
dt { font-size: .75rem; opacity: .7 }
dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
ol { list-style: none; padding: 0 }
li { border-left: 3px solid var(--line); margin: .3rem 0; padding: .15rem .7rem; overflow-wrap: anywhere }
li p { margin: 0 }
li.llm_call { border-color: var(--model) }
li.tool_call { border-color: var(--tool) }
li.failed { border-color: var(--bad) }
summary { cursor: pointer }
b { display: inline-block; min-width: 2.5em; font-weight: 400; opacity: .6; font-variant-numeric: tabular-nums }
i { font-style: normal; font-size: .8rem; opacity: .7 }
span { font-size: .8rem; opacity: .8; margin-left: .6em; font-variant-numeric: tabular-nums }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--soft); padding: .6rem; max-height: 30rem; overflow: auto; font-size: .82rem; margin: 0 }
pre.error { border-left: 3px solid var(--bad) }
svg { display: block; width: 100%; height: 4px; background: var(--soft); margin-top: .2rem }
rect { fill: var(--line); min-width: 1px }
li.llm_call rect { fill: var(--model) }
li.tool_call rect { fill: var(--tool) }
li.failed rect { fill: var(--bad) }
@media print { pre { max-height: none } }
`;
