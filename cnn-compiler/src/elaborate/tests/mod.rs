//! What the language means: [`networks`] holds known networks against what is known of them, [`random`] random ones against
//! what their statements mean, [`names`] the paths of layers, [`errors`] and [`limits`] what a user is told.

mod errors;
mod limits;
mod names;
mod networks;
mod random;
