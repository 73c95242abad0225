from skill_fleet.sources.document import Document
def is_rst(text): return False
def parse_rst(text: str, path: str, includes=None) -> Document:
    return Document(path, path, "page", 0)
