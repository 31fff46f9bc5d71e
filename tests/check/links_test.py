import unittest

from planted import PlantedTree

GUIDE = """\
# The *whole* guide: `code` & more

## Set up
## Set up
Under a line
------------
<a id="by-hand"></a>
"""


class Links(PlantedTree):
    rule = "links"

    def setUp(self):
        super().setUp()
        self.plant("docs/guide.md", GUIDE)
        self.plant("docs/picture.png", "png")
        self.plant("docs/two words.md", "# A\n")
        self.plant("libs/base/src/x.cpp", "1\n2\n3\n")

    def test_links_that_resolve_are_fine(self):
        self.plant("docs/x.md", """\
[a](guide.md) [b](./guide.md "title") ![c](picture.png) [up](../libs/base) [d](<two words.md>)
[e](two%20words.md) [f](guide.md#set-up) [g](guide.md#set-up-1) [h](guide.md#under-a-line)
[i](guide.md#by-hand) [j](guide.md#the-whole-guide-code--more) [k](#own) [l](../libs/base/src/x.cpp#L2)
[m](../libs/base/src/x.cpp#L1-L3) [![badge](picture.png)](guide.md) <img src="picture.png">
[n](https://example.org/x#y) [o](mailto:a@b.c) [p][ref]

[ref]: guide.md "title"

# Own
""")
        self.assert_clean()

    def test_links_to_what_is_not_there_are_found(self):
        self.plant("docs/x.md", """\
[a](gide.md) and [b](../guide.md)
![c](pictures.png)
[p][ref] <a href="../nothing">x</a>
[![badge](no.png)](no.md)

[ref]: gone.md
""")
        remedy = "correct the link"
        self.assert_found(("docs/x.md", 1, "'../guide.md' leads to guide.md", remedy),
                          ("docs/x.md", 1, "'gide.md' leads to docs/gide.md", remedy),
                          ("docs/x.md", 2, "'pictures.png'", remedy), 
                          ("docs/x.md", 3, "'../nothing'", remedy),
                          ("docs/x.md", 4, "'no.md'", remedy), ("docs/x.md", 4, "'no.png'", remedy),
                          ("docs/x.md", 6, "'gone.md'", remedy))

    def test_places_that_are_not_there_are_found(self):
        self.plant("docs/x.md", """\
[f](guide.md#setup)
[k](#owner)
[l](../libs/base/src/x.cpp#L4)
[m](../libs/base/src/x.cpp#set-up)
[n](../libs/base#set-up)

# Own
""")
        self.assert_found(("docs/x.md", 1, "names no heading of docs/guide.md", "correct the link"),
                          ("docs/x.md", 2, "names no heading of docs/x.md", "correct the link"),
                          ("docs/x.md", 3, "names a line that libs/base/src/x.cpp has not",
                           "correct the link"),
                          ("docs/x.md", 4, "names a heading, but libs/base/src/x.cpp has none", "#L10"),
                          ("docs/x.md", 5, "names a place in a directory", "correct the link"))

    def test_absolute_paths_are_found(self):
        self.plant("docs/x.md", "\n[a](/docs/guide.md)\n")
        self.assert_found(("docs/x.md", 2, "'/docs/guide.md' is an absolute path", "relative to this file"))

    def test_code_that_names_a_path_of_the_tree_must_be_right(self):
        self.plant("docs/x.md",
                   "`libs/base/src/x.cpp`, `libs/base/src/x.cpp:12`, `libs/base/`, `libs/base/src/y.cpp`,\n"
                   "`build/dev/x`, `libs/<m>/src/x.cpp`, `libs/base/src/*.cpp`, `a/b`, `libs/x --help`\n")
        self.plant("libs/base/README.md", "`src/x.cpp` and `docs/guide.md`\n")
        self.assert_found(("docs/x.md", 1, "`libs/base/src/y.cpp` is not in the tree", "correct the path"))

    def test_links_in_code_and_comments_are_none(self):
        self.plant("docs/x.md", "```\n[a](no.md)\n# Not a heading\n```\n`[b](no.md)` <!-- [c](no.md) -->\n"
                                "~~~~ text\n[d](no.md)\n~~~\n[e](no.md)\n~~~~\n")
        self.assert_clean()
        self.plant("docs/y.md", "[a](x.md#not-a-heading)\n")
        self.assert_found(("docs/y.md", 1, "names no heading", "correct the link"))


if __name__ == "__main__":
    unittest.main()
