//! The one place where code is chosen by processor, and the only unsafe code of the crate.
//!
//! The kernels are plain Rust, inlined by force into three functions that differ in nothing but the instruction set they
//! are compiled for. Since kernels work lane by lane with plain IEEE arithmetic, the three give the same bits.
#![expect(
    unsafe_code,
    reason = "a function for an instruction set is unsafe to call where that may be missing"
)]

/// The instruction set that kernels run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Width(Set);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    Baseline,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// Something to be done on the widest registers at hand; `run` must be inlined by force, and all that it calls.
pub trait Work {
    /// Does it.
    fn run(self);
}

impl Width {
    /// What every processor of the platform has.
    pub const BASELINE: Self = Self(Set::Baseline);

    /// The widest that this processor has.
    pub fn widest() -> Self {
        Self::available().last().copied().unwrap_or(Self::BASELINE)
    }

    /// All that this processor has, from narrow to wide.
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
        formatter.write_str(match self.0 {
            Set::Baseline => "baseline",
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => "avx512",
        })
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

#[cfg(test)]
mod tests {
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
        let mut results = Width::available().into_iter().map(|width| {
            let mut lanes = Lanes([0.1, 0.2, 3.0, 44.0, 0.5, 600.0, 0.7, 8.9]);
            width.run(Arithmetic(&mut lanes));
            lanes.0.map(f64::to_bits)
        });
        let baseline = results.next();
        assert!(results.all(|result| Some(result) == baseline));
    }
}
