//! Finds the name that was probably meant; in `const` too, where no crate for it works.

/// Longer names, in bytes, are not compared.
const MOST: usize = 128;

/// How many edits lead from `name` to `candidate`, if that is at most a third of its letters: each an insertion, a
/// removal, a replacement or a swap with the next.
#[must_use]
pub const fn edits_if_near(name: &str, candidate: &str) -> Option<usize> {
    let (a, b) = (name.as_bytes(), candidate.as_bytes());
    let limit = if a.len() < 3 { 1 } else { a.len() / 3 };
    if a.len() > MOST || b.len() > MOST || a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let edits = edits(a, b);
    if edits <= limit { Some(edits) } else { None }
}

/// The edits between two texts of at most [`MOST`] bytes: the distance of optimal string alignment, row by row.
const fn edits(a: &[u8], b: &[u8]) -> usize {
    let (mut before, mut last, mut row) = ([0; MOST + 1], [0; MOST + 1], [0; MOST + 1]);
    let mut j = 0;
    while j <= b.len() {
        last[j] = j;
        j += 1;
    }
    let mut i = 1;
    while i <= a.len() {
        row[0] = i;
        let mut j = 1;
        while j <= b.len() {
            let mut least = last[j - 1] + (a[i - 1] != b[j - 1]) as usize;
            if last[j] + 1 < least {
                least = last[j] + 1;
            }
            if row[j - 1] + 1 < least {
                least = row[j - 1] + 1;
            }
            let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if swapped && before[j - 2] + 1 < least {
                least = before[j - 2] + 1;
            }
            row[j] = least;
            j += 1;
        }
        (before, last, row) = (last, row, before);
        i += 1;
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        for (a, b, expected) in [
            ("conv1", "conv1", 0),
            ("", "abc", 3),
            ("head", "haed", 1),
            ("conv", "conv1", 1),
            ("kernel", "kernal", 1),
            ("pool2", "pol", 2),
            ("abcd", "badc", 2),
            ("ca", "abc", 3), // optimal string alignment does not edit a swap again
        ] {
            assert_eq!(edits(a.as_bytes(), b.as_bytes()), expected, "{a} to {b}");
            assert_eq!(edits(b.as_bytes(), a.as_bytes()), expected, "{b} to {a}");
        }
    }

    #[test]
    fn only_a_third_may_differ() {
        assert_eq!(edits_if_near("pool2", "pool1"), Some(1));
        assert_eq!(edits_if_near("pool2", "pol1"), None);
        assert_eq!(edits_if_near("2", "3"), Some(1));
        let long = "a".repeat(MOST + 1);
        assert_eq!(edits_if_near(&long, &long), None);
        assert_eq!(edits_if_near(&long[1..], &long[1..]), Some(0));
    }
}
