//! What must hold for every plan: [`memory`] runs plans on symbols instead of numbers, [`layout`] looks at places alone,
//! [`choices`] at the steps that a good plan does without.

mod choices;
mod layout;
mod memory;
mod networks;
mod terms;
