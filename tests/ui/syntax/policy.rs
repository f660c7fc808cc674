fn main() {
    let _ = (Misspelt::new(1), Empty::new(1), Twice::new(1));
}

cnn::network!(
    #[policy(exakt)]
    pub fn Misspelt(image: Image<1, 8, 8>) -> Vector<64> {
        flatten
    }
);

cnn::network!(
    #[policy]
    pub fn Empty(image: Image<1, 8, 8>) -> Vector<64> {
        flatten
    }
);

cnn::network!(
    #[policy(f2)]
    #[policy(fast)]
    pub fn Twice(image: Image<1, 8, 8>) -> Vector<64> {
        flatten
    }
);

//~ fix (write `exact`): exakt => exact
//~ fix (`#[policy(f2)]` or `#[policy(fast)]`): #[policy]\n => #[policy(f2)]\n
//~ fix (remove one of them): #[policy(fast)]\n =>
