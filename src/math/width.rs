//! Dispatch of SIMD kernels by instruction set (baseline, AVX2, AVX-512), and the only unsafe code of the crate.
//!
//! Kernels are plain Rust, always inlined into three functions that differ only in the instruction set that they are
//! compiled for. Since kernels work lane by lane with plain IEEE arithmetic, the three give the same bits. Rust does
//! not contract multiplications and additions on its own, even where AVX2 comes with FMA.
#![expect(
    unsafe_code,
    reason = "a function for an instruction set is unsafe to call where that may be missing"
)]

/// The vector width that kernels run at: an instruction set that this processor has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Width(Set);

/// Private, so that a [`Width`] proves that the processor has its instruction set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    Baseline,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Set {
    /// All instruction sets that kernels are compiled for, from narrow to wide.
    const ALL: &[Self] = &[
        Self::Baseline,
        #[cfg(target_arch = "x86_64")]
        Self::Avx2,
        #[cfg(target_arch = "x86_64")]
        Self::Avx512,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => "avx512",
        }
    }
}

/// A kernel: work to be compiled for each width. `run` and all that it calls must be `#[inline(always)]`, because only
/// inlined code is compiled for the instruction set.
pub trait Work {
    /// Runs the kernel.
    fn run(self);
}

impl Width {
    /// The instruction set that every processor of the platform has.
    pub const BASELINE: Self = Self(Set::Baseline);

    /// The widest instruction set that this processor has.
    pub fn widest() -> Self {
        Self::available().last().copied().unwrap_or(Self::BASELINE)
    }

    /// All widths that this processor has, from narrow to wide.
    pub fn available() -> Vec<Self> {
        let mut available = vec![Self::BASELINE];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") {
                available.push(Self(Set::Avx2));
            }
            let has_avx512 = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl");
            if has_avx512 && available.len() > 1 {
                available.push(Self(Set::Avx512));
            }
        }
        available
    }

    /// Names of the widths that kernels are compiled for and this processor lacks: a comparison of widths does not
    /// cover them here.
    pub fn unavailable() -> Vec<&'static str> {
        let available = Self::available();
        let is_missing = |set: &&Set| !available.contains(&Self(**set));
        Set::ALL.iter().filter(is_missing).map(|set| set.name()).collect()
    }

    /// Runs `work` with the instructions of this width.
    #[inline]
    pub fn run(self, work: impl Work) {
        match self.0 {
            Set::Baseline => work.run(),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: only `available` makes this value, after it has seen AVX2.
            Set::Avx2 => unsafe { with_avx2(work) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: only `available` makes this value, after it has seen AVX2 and the three parts of AVX-512.
            Set::Avx512 => unsafe { with_avx512(work) },
        }
    }
}

impl std::fmt::Display for Width {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.0.name())
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn with_avx2(work: impl Work) {
    work.run();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,avx512f,avx512dq,avx512vl")]
fn with_avx512(work: impl Work) {
    work.run();
}

/// Widths for tests that compare them.
#[cfg(test)]
pub(crate) mod testing {
    use std::io::Write;

    use super::Width;

    /// The baseline and all wider widths of this processor. Prints to standard error, past the test harness, which
    /// widths remain uncompared.
    pub(crate) fn widths_to_compare() -> Vec<Width> {
        let (widths, missing) = (Width::available(), Width::unavailable());
        assert_eq!(widths.first(), Some(&Width::BASELINE));
        if !missing.is_empty() {
            let thread = std::thread::current();
            let test = thread.name().unwrap_or("a test");
            let told = writeln!(
                std::io::stderr(),
                "{test}: this processor lacks {}, not compared",
                missing.join(", ")
            );
            told.expect("standard error is open");
        }
        widths
    }
}

#[cfg(test)]
mod tests {
    use super::testing::widths_to_compare;
    use super::*;
    use crate::math::simd::Lanes;

    struct Arithmetic<'a>(&'a mut Lanes);

    impl Work for Arithmetic<'_> {
        #[inline(always)]
        #[allow(clippy::inline_always)]
        fn run(self) {
            let x = *self.0;
            *self.0 = (x * x.exp() + x.sqrt() / x.ln() - x).max(x);
        }
    }

    #[test]
    fn every_width_gives_the_same_bits() {
        let result = |width: Width| {
            let mut lanes = Lanes([0.1, 0.2, 3.0, 44.0, 0.5, 600.0, 0.7, 8.9]);
            width.run(Arithmetic(&mut lanes));
            lanes.0.map(f64::to_bits)
        };
        let baseline = result(Width::BASELINE);
        for width in widths_to_compare() {
            assert_eq!(result(width), baseline, "{width}");
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn every_instruction_set_of_the_processor_is_available() {
        let has_avx2 = is_x86_feature_detected!("avx2");
        let parts = [
            is_x86_feature_detected!("avx512f"),
            is_x86_feature_detected!("avx512dq"),
            is_x86_feature_detected!("avx512vl"),
        ];
        let has_avx512 = has_avx2 && parts == [true; 3];
        let mut expected = vec!["baseline"];
        expected.extend(has_avx2.then_some("avx2"));
        expected.extend(has_avx512.then_some("avx512"));
        let names: Vec<String> = Width::available().iter().map(Width::to_string).collect();
        assert_eq!(names, expected);
        assert_eq!(names.len() + Width::unavailable().len(), 3);
    }
}
