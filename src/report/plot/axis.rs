//! Axes with ticks at round numbers and at round months.

use crate::model::Month;

/// Approximate number of intervals between ticks on a value axis.
const INTERVALS: f64 = 6.0;

/// Values this little below zero, as a share of the highest, are rounding: the axis begins at zero all the same.
const HAIR: f64 = 0.002;

/// Steps between ticks stay within these bounds, so that a double can still count them.
const SMALLEST_STEP: f64 = 1e-12;
const LARGEST_STEP: f64 = 1e300;

/// Ticks at multiples of 1, 2 or 5 times a power of ten, the lowest and the highest at or beyond the values.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct ValueAxis {
    /// In steps.
    first: f64,
    count: usize,
    step: f64,
    decimals: usize,
}

impl ValueAxis {
    /// An axis that holds `low` to `high`, which is no less.
    pub fn new(low: f64, high: f64) -> Self {
        Self::with_intervals(low, high, INTERVALS)
    }

    /// An axis with about so many intervals between ticks.
    pub fn with_intervals(low: f64, high: f64, intervals: f64) -> Self {
        let low = if low < 0.0 && -low <= HAIR * high { 0.0 } else { low };
        // Equal values get an axis too, with room above them.
        let high = if high > low { high } else { low + low.abs().max(1.0) };
        let wanted = ((high - low) / intervals).clamp(SMALLEST_STEP, LARGEST_STEP);
        // The power of ten at or below the wanted step; a logarithm might round to its neighbour.
        let (mut power, mut decimals) = (1.0, 0_usize);
        while power > wanted {
            power /= 10.0;
            decimals += 1;
        }
        while power * 10.0 <= wanted {
            power *= 10.0;
        }
        let multiple = [1.0, 2.0, 5.0].into_iter().find(|multiple| power * multiple >= wanted);
        let (step, decimals) = match multiple {
            Some(multiple) => (power * multiple, decimals),
            // One decimal fewer, because the step is a whole power of ten larger.
            None => (power * 10.0, decimals.saturating_sub(1)),
        };
        // Outwards to whole steps, so that the axis holds all values.
        let (first, last) = ((low / step).floor(), (high / step).ceil());
        Self {
            first,
            count: (last - first) as usize,
            step,
            decimals,
        }
    }

    /// The ticks, from the lowest.
    pub fn ticks(&self) -> impl Iterator<Item = f64> + '_ {
        (0..=self.count).map(|tick| (self.first + tick as f64) * self.step)
    }

    /// The texts beside the ticks.
    pub fn labels(&self) -> impl Iterator<Item = String> + '_ {
        // Adding zero takes the sign off a negative zero.
        self.ticks()
            .map(|value| grouped(&format!("{:.*}", self.decimals, value + 0.0)))
    }

    /// How far up a value stands, from 0 at the lowest tick to 1 at the highest.
    pub fn share(&self, value: f64) -> f64 {
        (value / self.step - self.first) / self.count as f64
    }
}

/// A number with commas between its thousands.
pub(super) fn grouped(number: &str) -> String {
    let digits = number.trim_start_matches('-');
    let sign = number.len() - digits.len();
    let length = digits.bytes().take_while(u8::is_ascii_digit).count();
    let mut text = String::with_capacity(number.len() + length / 3);
    for (place, letter) in number.chars().enumerate() {
        let of_whole = place.checked_sub(sign).filter(|digit| (1..length).contains(digit));
        if of_whole.is_some_and(|digit| (length - digit).is_multiple_of(3)) {
            text.push(',');
        }
        text.push(letter);
    }
    text
}

/// Months between labels; years are cut into equal parts.
const STEPS: [i32; 11] = [1, 2, 3, 4, 6, 12, 24, 60, 120, 240, 600];
const NAMES: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Labels at months that divide the year or the years.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct MonthAxis {
    first: Month,
    last: Month,
    step: i32,
}

impl MonthAxis {
    /// An axis with at most so many labels (one at least).
    pub fn new(first: Month, last: Month, most_labels: f64) -> Self {
        let months = f64::from(last.since(first) + 1);
        let fits = |step: &i32| months / f64::from(*step) <= most_labels;
        let step = STEPS.into_iter().find(fits).unwrap_or(STEPS[STEPS.len() - 1]);
        Self { first, last, step }
    }

    /// Months with their labels. An axis too short for a round month labels its first month.
    pub fn labels(&self) -> Vec<(Month, String)> {
        let mut labelled: Vec<Month> = self.every(self.step).collect();
        if labelled.is_empty() {
            labelled.push(self.first);
        }
        labelled.into_iter().map(|month| (month, name(month))).collect()
    }

    /// Months with a tick but no label: each quarter between labelled years, each month between labels within a year.
    pub fn small_ticks(&self) -> impl Iterator<Item = Month> + '_ {
        let step = match self.step {
            ..12 => 1,
            // Labels at every January leave room for quarters.
            12 => 3,
            _ => 12,
        };
        self.every(step)
    }

    /// How far right a month stands, from 0 to 1; in the middle if it is the only one.
    pub fn share(&self, month: Month) -> f64 {
        match self.last.since(self.first) {
            0 => 0.5,
            length => f64::from(month.since(self.first)) / f64::from(length),
        }
    }

    /// Whether a month lies on the axis.
    pub fn holds(&self, month: Month) -> bool {
        month.since(self.first) >= 0 && self.last.since(month) >= 0
    }

    fn every(&self, step: i32) -> impl Iterator<Item = Month> + '_ {
        let months = (0..=self.last.since(self.first)).map(|later| self.first.plus(later));
        months.filter(move |month| (month.year() * 12 + number(*month)).rem_euclid(step) == 0)
    }
}

/// The month of the year, from 0.
fn number(month: Month) -> i32 {
    month.since(Month::january(month.year()))
}

pub(super) fn name(month: Month) -> String {
    format!("{} {}", NAMES[number(month) as usize], month.year())
}
