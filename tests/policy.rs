//! A network says how exact its sums are, an instance may say otherwise, and a session has the last word.

use cnn::network::Policy;
use cnn::prelude::*;

network!(
    #[policy(exact)]
    pub fn Wide<const CHANNELS: usize>(image: Image<16, 32, 32>) -> Image<CHANNELS, 32, 32> {
        conv2d(CHANNELS, kernel_size = 3, padding = 1)
    }

    pub type Exact = Wide<20>;

    #[policy(fast)]
    pub type Fast = Wide<20>;
);

network!(
    pub fn Silent(image: Image<1, 2, 2>) -> Vector<4> {
        flatten
    }
);

#[test]
fn the_nearest_word_counts() {
    assert_eq!([Exact::POLICY, Fast::POLICY, Silent::POLICY], [Policy::Exact, Policy::Fast, Policy::Fast]);
    let mut image = <Image<16, 32, 32>>::zeros(1);
    for (i, number) in <Image<16, 32, 32>>::as_numbers_mut(&mut image).iter_mut().enumerate() {
        *number = (i * 7919 % 2003) as f32 / 1001.0 - 1.0;
    }
    let (exact, fast) = (Exact::new(1), Fast::new(1));
    let by = |policy| {
        let mut output = <Image<20, 32, 32>>::zeros(1);
        exact.session_with(policy, 1).forward(&image, &mut output).expect("as many outputs as inputs");
        output
    };
    assert!(exact.forward(&image) == by(Policy::Exact));
    assert!(fast.forward(&image) == by(Policy::Fast));
    assert!(by(Policy::Exact) != by(Policy::Fast), "the sums are rounded in other ways");
}
