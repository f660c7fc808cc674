//! Text that is put together while a program is compiled: for errors of which only `const` evaluation knows the numbers.

/// The most bytes of a text; what is longer is cut.
const MOST: usize = 2048;

/// A text that grows in `const`.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    bytes: [u8; MOST],
    len: usize,
}

impl Text {
    /// Nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: [0; MOST], len: 0 }
    }

    /// Adds a piece, if there is room for all of it.
    #[must_use]
    pub const fn text(mut self, piece: &str) -> Self {
        let piece = piece.as_bytes();
        if piece.len() <= MOST - self.len {
            let mut i = 0;
            while i < piece.len() {
                self.bytes[self.len + i] = piece[i];
                i += 1;
            }
            self.len += piece.len();
        }
        self
    }

    /// Adds a number with its thousands apart.
    #[must_use]
    pub const fn number(self, number: usize, separator: char) -> Self {
        let text =
            if number < 1000 { self } else { self.number(number / 1000, separator).character(separator) };
        let rest = number % 1000;
        let text = if number >= 100 { text.digit(rest / 100) } else { text };
        let text = if number >= 10 { text.digit(rest / 10 % 10) } else { text };
        text.digit(rest % 10)
    }

    const fn digit(self, digit: usize) -> Self {
        self.character((b'0' + digit as u8) as char)
    }

    const fn character(self, character: char) -> Self {
        self.text(character.encode_utf8(&mut [0; 4]))
    }

    /// Adds a line behind `heading` for each of the `LISTED` largest costs, the first of equal ones first.
    #[must_use]
    pub const fn largest<const LISTED: usize>(mut self, heading: &str, costs: &[(&str, usize)]) -> Self {
        let mut listed = [usize::MAX; LISTED];
        let mut line = 0;
        while line < LISTED {
            let Some(largest) = largest_but(costs, &listed) else { break };
            listed[line] = largest;
            let (label, cost) = costs[largest];
            self = self.text("\n");
            let mut i = 0;
            while line > 0 && i < heading.len() {
                self = self.text(" ");
                i += 1;
            }
            self = if line == 0 { self.text(heading) } else { self };
            self = self.text(" ").text(label).text(": ").number(cost, ',');
            line += 1;
        }
        self
    }

    /// The text.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => unreachable!(),
        }
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::new()
    }
}

/// The index of the largest cost above 0 that is not listed yet.
const fn largest_but(costs: &[(&str, usize)], listed: &[usize]) -> Option<usize> {
    let mut largest: Option<usize> = None;
    let mut i = 0;
    while i < costs.len() {
        let beats = match largest {
            Some(other) => costs[i].1 > costs[other].1,
            None => costs[i].1 > 0,
        };
        if beats && !contains(listed, i) {
            largest = Some(i);
        }
        i += 1;
    }
    largest
}

const fn contains(listed: &[usize], index: usize) -> bool {
    let mut i = 0;
    while i < listed.len() {
        if listed[i] == index {
            return true;
        }
        i += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_thousands_apart() {
        for (number, expected) in [
            (0, "0"),
            (7, "7"),
            (10, "10"),
            (100, "100"),
            (999, "999"),
            (1000, "1,000"),
            (61_706, "61,706"),
            (1_000_005, "1,000,005"),
        ] {
            assert_eq!(Text::new().number(number, ',').as_str(), expected);
        }
    }

    #[test]
    fn the_largest_costs_are_listed_in_order() {
        let costs = [("a", 5), ("b", 0), ("c", 7), ("d", 5), ("e", 1)];
        let text =
            const { Text::new().largest::<3>("most:", &[("a", 5), ("b", 0), ("c", 7), ("d", 5), ("e", 1)]) };
        assert_eq!(text.as_str(), "\nmost: c: 7\n      a: 5\n      d: 5");
        assert_eq!(Text::new().largest::<3>("most:", &costs[..2]).as_str(), "\nmost: a: 5");
    }

    #[test]
    fn a_long_text_is_cut_between_pieces() {
        let mut text = Text::new();
        for _ in 0..MOST {
            text = text.text("äöü");
        }
        assert_eq!(text.as_str().len(), MOST / 6 * 6);
    }
}
