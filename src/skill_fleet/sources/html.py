from skill_fleet.sources.document import Document
def parse_html(text: str, path: str) -> Document:
    return Document(path, path, "page", 0)
