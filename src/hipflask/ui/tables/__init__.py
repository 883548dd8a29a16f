"""`ui.table` from the inside: what the person asks for, the read under way, the rows that the screen has, what is written back.

`columns`, `entered`, `asked`, `cells`, `picture`, `layouts` and `sheets` only think; `reads` owns the thread, `view` one source,
`controller` the element, and `doings` what a person does to rows.
"""
