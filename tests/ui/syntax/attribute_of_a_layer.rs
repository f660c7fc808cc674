fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 8, 8>) -> Image<1, 8, 8> {
        #[inline]
        relu;
        #[name(layer)]
        relu;
    }
);

//~ fix (write `#[name("layer{}", i)] conv2d(8, 3);`): #[name(layer)] => #[name("layer")]
//~ fix (or `let layer = conv2d(8, 3);`): #[inline]\n        relu; => let layer = relu;
