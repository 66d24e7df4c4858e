//! "Did you mean": the name that was probably meant.

/// The candidate nearest to `name`, at most `most` typing errors away (Damerau-Levenshtein distance), ignoring case;
/// the first of several equally near ones.
pub(crate) fn nearest<N: AsRef<str>>(name: &str, candidates: impl IntoIterator<Item = N>, most: usize) -> Option<N> {
    let name = name.to_lowercase();
    let length = name.chars().count();
    let distances = candidates.into_iter().filter_map(|candidate| {
        let lower = candidate.as_ref().to_lowercase();
        // The distance takes memory for the product of both lengths, and is at least their difference.
        let is_like = lower.chars().count().abs_diff(length) <= most;
        let distance = is_like.then(|| strsim::damerau_levenshtein(&lower, &name))?;
        (distance <= most).then_some((distance, candidate))
    });
    distances.min_by_key(|(distance, _)| *distance).map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_or_two_is_recognized_in_any_case_and_nothing_farther() {
        let names = ["billing", "build", "production"];
        for (name, meant) in [
            ("biling", Some("billing")),
            ("BILLING", Some("billing")),
            ("biulding", Some("billing")),
            ("prodcution", Some("production")),
            ("prod", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, names, 2), meant, "{name}");
        }
        assert_eq!(nearest("x", &[&*"y".repeat(1_000_000)], 2), None, "in no time");
    }
}
