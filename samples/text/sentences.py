"""Writes the sentences of manual pages, one a line: sentences.py LANGUAGE=FOLDER... OUTPUT

For each language it makes OUTPUT/LANGUAGE.txt of 2,000 sentences, taken evenly from all of its pages. Left out are
examples and tables, sentences of fewer than 40 or more than 400 characters, those with few letters, those that occur
more than once, and those that nobody has translated: they occur in several languages or hold two English function words.
"""

import gzip
import pathlib
import re
import sys

COUNT = 2000
ENGLISH = {"the", "of", "and", "this", "that", "with", "from", "is", "are", "for", "you", "not"}
CHARACTERS = {
    "aq": "'", "cq": "’", "oq": "‘", "lq": "“", "rq": "”", "dq": '"', "em": "—", "en": "–", "hy": "-", "bu": "•",
    "Fo": "«", "Fc": "»", "co": "©", "ha": "^", "ti": "~", "rs": "\\", "mu": "×", "<=": "≤", ">=": "≥", "->": "→",
}


def plain(text):
    """Text without roff's escapes."""
    text = re.sub(r'\\["#].*', "", text)
    text = re.sub(r"\\f(\[[^]]*\]|\(..|.)", "", text)
    text = re.sub(r"\\[sm][-+]?\d+", "", text)
    text = re.sub(r"\\\[([^]]*)\]", lambda match: CHARACTERS.get(match[1], " "), text)
    text = re.sub(r"\\[(*]\(?(..)", lambda match: CHARACTERS.get(match[1], " "), text)
    text = text.replace("\\-", "-").replace("\\e", "\\").replace("\\ ", " ").replace("\\~", " ").replace("\\0", " ")
    text = re.sub(r"\\[&,/:%c|^{}]", "", text)
    return text


def paragraphs(path):
    """The paragraphs of running text in a page; requests end them."""
    with gzip.open(path, "rt", encoding="utf-8", errors="strict") as file:
        lines = file.read().split("\n")
    paragraph, skipped = [], 0
    for line in lines:
        request = re.match(r"[.'][ \t]*([A-Za-z]*)", line)
        if request:
            if request[1] in ("nf", "EX", "TS", "ig"):
                skipped = 1
            if request[1] in ("fi", "EE", "TE", "SH", "SS"):
                skipped = 0
            if request[1] == "" and line.startswith(".."):
                skipped = 0
        if request or not line.strip():
            yield " ".join(paragraph)
            paragraph = []
        elif not skipped:
            paragraph.append(plain(line).strip())
    yield " ".join(paragraph)


def sentences(folder):
    """The distinct sentences of all pages in a folder, in the order of the pages' names."""
    found = {}
    for path in sorted(pathlib.Path(folder).glob("man*/*.gz")):
        if path.is_symlink():
            continue
        for paragraph in paragraphs(path):
            for sentence in re.split(r"(?<=[.!?:;])\s+", re.sub(r"\s+", " ", paragraph).strip()):
                letters = sum(character.isalpha() or character == " " for character in sentence)
                english = len(ENGLISH.intersection(re.findall(r"\w+", sentence.lower())))
                is_text = letters >= 0.85 * len(sentence) and "\\" not in sentence
                if 40 <= len(sentence) <= 400 and is_text and english < 2:
                    found[sentence] = found.get(sentence, 0) + 1
    return [sentence for sentence, count in found.items() if count == 1]


def main():
    *languages, output = sys.argv[1:]
    by_language = {name: sentences(folder) for name, folder in (pair.split("=", 1) for pair in languages)}
    owners = {}
    for name, found in by_language.items():
        for sentence in found:
            owners.setdefault(sentence, set()).add(name)
    for name, found in by_language.items():
        own = [sentence for sentence in found if len(owners[sentence]) == 1]
        if len(own) < COUNT:
            sys.exit(f"sentences: found {len(own)} sentences for {name}; expected {COUNT} or more")
        chosen = [own[place * len(own) // COUNT] for place in range(COUNT)]
        pathlib.Path(output, f"{name}.txt").write_text("\n".join(chosen) + "\n", encoding="utf-8")
        print(f"{name}: {COUNT} of {len(own)} sentences", file=sys.stderr)


if __name__ == "__main__":
    main()
