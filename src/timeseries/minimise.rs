//! Minima of functions of few numbers, by plain arithmetic: the path of the search has the same bits everywhere.

/// A search ends when its best and worst values differ by less, relative to the best.
const TOLERANCE: f64 = 1e-13;

/// A search ends after so many steps, done or not.
const STEPS: usize = 500;

/// A point and its value.
type Vertex<const N: usize> = ([f64; N], f64);

/// The point where a function is least, near `start`, and the value there, by the simplex method of Nelder and Mead
/// (1965, Computer Journal 7, 308-313) with its usual coefficients. The first simplex reaches `step` along each axis.
///
/// Finds a local minimum. A value that is NaN counts as worse than any number.
pub(super) fn nelder_mead<const N: usize>(
    start: [f64; N],
    step: f64,
    objective: impl Fn(&[f64; N]) -> f64,
) -> ([f64; N], f64) {
    let vertex = |point: [f64; N]| (point, objective(&point));
    let mut simplex = vec![vertex(start)];
    simplex.extend((0..N).map(|axis| {
        let mut point = start;
        point[axis] += step;
        vertex(point)
    }));
    for _ in 0..STEPS {
        simplex.sort_by(|one, other| one.1.total_cmp(&other.1));
        let (best, worst) = (simplex[0].1, simplex[N].1);
        if worst - best <= TOLERANCE * best.abs() {
            break;
        }
        match replacement(&simplex, vertex) {
            Some(better) => simplex[N] = better,
            None => shrink(&mut simplex, vertex),
        }
    }
    simplex.sort_by(|one, other| one.1.total_cmp(&other.1));
    simplex[0]
}

/// What replaces the worst vertex of a sorted simplex; none if nothing on the line through the centre is better.
fn replacement<const N: usize>(simplex: &[Vertex<N>], vertex: impl Fn([f64; N]) -> Vertex<N>) -> Option<Vertex<N>> {
    let worst = simplex[N];
    let centre: [f64; N] =
        std::array::from_fn(|axis| simplex[..N].iter().map(|(point, _)| point[axis]).sum::<f64>() / N as f64);
    // The worst vertex lies at -1, the centre at 0.
    let at = |place: f64| {
        vertex(std::array::from_fn(|axis| {
            centre[axis] + place * (centre[axis] - worst.0[axis])
        }))
    };
    let reflected = at(1.0);
    if reflected.1 < simplex[0].1 {
        let expanded = at(2.0);
        return Some(if expanded.1 < reflected.1 { expanded } else { reflected });
    }
    if reflected.1 < simplex[N - 1].1 {
        return Some(reflected);
    }
    let is_outside = reflected.1 < worst.1;
    let contracted = at(if is_outside { 0.5 } else { -0.5 });
    let limit = if is_outside { reflected.1 } else { worst.1 };
    // A worst value that is NaN yields to any number.
    (contracted.1 <= limit || limit.is_nan() && !contracted.1.is_nan()).then_some(contracted)
}

/// Halves the distance of all vertices to the best, the first.
fn shrink<const N: usize>(simplex: &mut [Vertex<N>], vertex: impl Fn([f64; N]) -> Vertex<N>) {
    let best = simplex[0].0;
    for other in &mut simplex[1..] {
        *other = vertex(std::array::from_fn(|axis| 0.5 * (best[axis] + other.0[axis])));
    }
}

/// The place from `low` to `high` where a function of one number is least: the best of a grid, then golden sections
/// between its neighbours.
pub(super) fn golden_section(low: f64, high: f64, objective: impl Fn(f64) -> f64) -> f64 {
    const CELLS: usize = 50;
    const SECTIONS: usize = 60;
    /// (sqrt(5) - 1) / 2
    const GOLDEN: f64 = 0.618_033_988_749_894_8;
    let grid = |cell: usize| low + (high - low) * cell as f64 / CELLS as f64;
    let values: Vec<f64> = (0..=CELLS).map(|cell| objective(grid(cell))).collect();
    let best = (0..=CELLS)
        .min_by(|one, other| values[*one].total_cmp(&values[*other]))
        .unwrap_or(0);
    let (mut left, mut right) = (grid(best.saturating_sub(1)), grid((best + 1).min(CELLS)));
    for _ in 0..SECTIONS {
        let width = GOLDEN * (right - left);
        let (one, other) = (right - width, left + width);
        if objective(one) < objective(other) {
            right = other;
        } else {
            left = one;
        }
    }
    let inside = 0.5 * (left + right);
    // At an end of the range, sections only come close.
    if objective(inside) < values[best] {
        inside
    } else {
        grid(best)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simplex_finds_the_bottom_of_a_bent_valley() {
        // Rosenbrock's function.
        let valley = |[x, y]: &[f64; 2]| (1.0 - x) * (1.0 - x) + 100.0 * (y - x * x) * (y - x * x);
        let ([x, y], value) = nelder_mead([-1.2, 1.0], 0.5, valley);
        assert!((x - 1.0).abs() < 1e-6 && (y - 1.0).abs() < 1e-6, "{x} {y}");
        assert!(value < 1e-12);
    }

    #[test]
    fn a_place_without_a_value_is_left() {
        let half = |[x]: &[f64; 1]| {
            if *x < 0.0 {
                f64::NAN
            } else {
                1.0 + (x - 1.0) * (x - 1.0)
            }
        };
        let ([x], _) = nelder_mead([-0.5], 1.0, half);
        assert!((x - 1.0).abs() < 1e-6, "{x}");
    }

    #[test]
    fn sections_find_minima_inside_and_at_the_ends() {
        assert!((golden_section(0.0, 1.0, |x| (x - 0.3) * (x - 0.3)) - 0.3).abs() < 1e-7);
        assert_eq!(golden_section(0.0, 1.0, |x| -x), 1.0);
        assert_eq!(golden_section(0.25, 1.0, |x| x), 0.25);
    }
}
