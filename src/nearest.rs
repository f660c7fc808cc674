//! Finds the name that was probably meant.

use cnn_runtime::nearest::edits_if_near;

/// The candidate that takes the fewest edits to get to from `name`, if that is at most a third of its letters.
pub(crate) fn nearest(name: &str, candidates: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let near = candidates.filter_map(|candidate| Some((edits_if_near(name, candidate)?, candidate)));
    near.min_by_key(|(edits, _)| *edits).map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_likely_name_is_suggested() {
        let names = ["conv1.weight", "conv1.bias", "2.weight"];
        assert_eq!(nearest("conv1.wieght", names.into_iter()), Some("conv1.weight"));
        assert_eq!(nearest("conv2.bias", names.into_iter()), Some("conv1.bias"));
        assert_eq!(nearest("embedding", names.into_iter()), None);
    }
}
