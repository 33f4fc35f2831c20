"""What a service is found by."""

from onboarding.domain.search import LONGEST_WORD, MOST_TYPED, MOST_WORDS, typed_words, words_of


def test_a_word_is_found_by_its_beginning_and_by_that_of_each_of_its_parts() -> None:
    assert words_of(["it-admin@contoso.example"]) == (
        "it-admin@contoso.example",
        "admin@contoso.example",
        "contoso.example",
        "example",
    )


def test_case_and_accents_do_not_matter() -> None:
    assert words_of(["Müller AG"]) == ("muller", "ag")
    assert typed_words("MÜLLER") == ("muller",)


def test_signs_in_front_do_not_hide_a_word() -> None:
    assert words_of(["(voice)"]) == ("(voice)", "voice)")


def test_what_nobody_types_does_not_fill_the_table() -> None:
    words = words_of([" ".join(f"word{number}" for number in range(500)), "x" * 5000])
    assert len(words) == MOST_WORDS
    assert max(map(len, words_of(["x" * 5000]))) == LONGEST_WORD


def test_of_many_typed_words_those_count_that_tell_most() -> None:
    typed = typed_words("a bb ccc dddd eeeee ffffff ffffff")
    assert typed == ("ffffff", "eeeee", "dddd", "ccc", "bb")
    assert len(typed) == MOST_TYPED


def test_nothing_typed_is_no_search() -> None:
    assert typed_words("  \t ") == ()
