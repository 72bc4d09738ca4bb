//! stub
#[derive(Clone, PartialEq, Debug)]
pub struct Distribution;
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Scheme {
    Random,
    LatinHypercube,
}
