"""Random edits of the books against payments: is the cause that is found the one that was done?"""
