"""The pages. They speak to the use cases alone.

`shell` joins them; `door` says who may see which; `navigation` is what the pages put themselves
into. A page is a module with a `register(frame)` in the list of `shell`.
"""
