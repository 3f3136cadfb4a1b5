//! Finds a smallest part of a list that still passes a test: delta debugging.

/// The `ddmin` algorithm (Zeller and Hildebrandt, IEEE TSE 2002): returns a part of `all` that
/// passes `test`, from which no single item can be removed. `all` itself is assumed to pass; the
/// empty list is tried first, because most causes need nothing. An error from `test` stops the
/// search, which then returns the smallest part so far.
pub fn ddmin<T: Clone, E>(
    all: &[T],
    mut test: impl FnMut(&[T]) -> Result<bool, E>,
) -> (Vec<T>, Option<E>) {
    let mut best = all.to_vec();
    let stopped = descend(&mut best, &mut test).err();
    (best, stopped)
}

fn descend<T: Clone, E>(
    best: &mut Vec<T>,
    test: &mut impl FnMut(&[T]) -> Result<bool, E>,
) -> Result<(), E> {
    if best.is_empty() {
        return Ok(());
    }
    if test(&[])? {
        best.clear();
        return Ok(());
    }
    let mut parts = 2;
    while best.len() >= 2 {
        let size = best.len().div_ceil(parts);
        let chunks: Vec<Vec<T>> = best.chunks(size).map(<[T]>::to_vec).collect();
        if let Some(chunk) = first(chunks.iter().cloned(), test)? {
            *best = chunk;
            parts = 2;
            continue;
        }
        let others = (0..chunks.len()).map(|left_out| {
            let kept = chunks.iter().enumerate().filter(|(index, _)| *index != left_out);
            kept.flat_map(|(_, chunk)| chunk.clone()).collect()
        });
        // With two parts, each is the complement of the other.
        let others: Vec<Vec<T>> = if chunks.len() > 2 { others.collect() } else { Vec::new() };
        match first(others.into_iter(), test)? {
            Some(rest) => {
                *best = rest;
                parts = (parts - 1).max(2);
            }
            None if size == 1 => break,
            None => parts = (parts * 2).min(best.len()),
        }
    }
    Ok(())
}

fn first<T, E>(
    mut parts: impl Iterator<Item = Vec<T>>,
    test: &mut impl FnMut(&[T]) -> Result<bool, E>,
) -> Result<Option<Vec<T>>, E> {
    parts.try_fold(None, |found, part| match found {
        Some(found) => Ok(Some(found)),
        None => Ok(test(&part)?.then_some(part)),
    })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::ddmin;

    /// Shrinks the numbers up to `n`, all of `needed` being required; also returns the number of
    /// tests.
    fn shrunk(n: u32, needed: &[u32]) -> (Vec<u32>, usize) {
        let all: Vec<u32> = (0..n).collect();
        let mut tests = 0;
        let (least, stopped) = ddmin(&all, |part| {
            tests += 1;
            Ok::<_, Infallible>(needed.iter().all(|item| part.contains(item)))
        });
        assert!(stopped.is_none());
        (least, tests)
    }

    #[test]
    fn only_the_needed_items_are_left() {
        for n in 1..20 {
            for a in 0..n {
                assert_eq!(shrunk(n, &[a]).0, [a]);
                for b in a + 1..n {
                    assert_eq!(shrunk(n, &[a, b]).0, [a, b]);
                }
            }
        }
    }

    #[test]
    fn nothing_needed_takes_one_test() {
        assert_eq!(shrunk(30, &[]), (vec![], 1));
    }

    #[test]
    fn one_of_many_takes_few_tests() {
        let (least, tests) = shrunk(64, &[37]);
        assert_eq!(least, [37]);
        // Bisection finds one of 64 in six steps of at most two tests.
        assert!(tests <= 1 + 2 * 6, "{tests}");
    }

    #[test]
    fn all_needed_is_all() {
        let all: Vec<u32> = (0..7).collect();
        assert_eq!(shrunk(7, &all).0, all);
    }

    #[test]
    fn when_it_is_stopped_the_smallest_so_far_is_kept() {
        let all: Vec<u32> = (0..8).collect();
        let mut left = 3;
        let (best, stopped) = ddmin(&all, |part| {
            left -= 1;
            if left == 0 { Err("out of time") } else { Ok(part.contains(&2) && part.contains(&3)) }
        });
        assert_eq!((best, stopped), (vec![0, 1, 2, 3], Some("out of time")));
    }
}
