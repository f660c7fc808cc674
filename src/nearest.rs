//! Finds the name that was probably meant.

/// The candidate that takes the fewest edits to get to from `name`, if that is at most a third of its letters.
pub(crate) fn nearest(name: &str, candidates: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let bearable = name.chars().count().max(3) / 3;
    candidates
        .map(|candidate| (edits(name, candidate), candidate))
        .filter(|&(edits, _)| edits <= bearable)
        .min_by_key(|&(edits, _)| edits)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be put in, taken out or replaced to get from `a` to `b` (Levenshtein 1965).
fn edits(a: &str, b: &str) -> usize {
    // row[j] = edits from the part of `a` seen so far to the first j letters of `b`
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, letter_a) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, letter_b) in b.chars().enumerate() {
            let replaced = diagonal + usize::from(letter_a != letter_b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.chars().count()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        for (a, b, expected) in [("", "", 0), ("", "abc", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2)] {
            assert_eq!(edits(a, b), expected);
            assert_eq!(edits(b, a), expected);
        }
    }

    #[test]
    fn only_a_likely_name_is_suggested() {
        let names = ["conv1.weight", "conv1.bias", "2.weight"];
        assert_eq!(nearest("conv1.wieght", names.into_iter()), Some("conv1.weight"));
        assert_eq!(nearest("conv2.bias", names.into_iter()), Some("conv1.bias"));
        assert_eq!(nearest("embedding", names.into_iter()), None);
    }
}
