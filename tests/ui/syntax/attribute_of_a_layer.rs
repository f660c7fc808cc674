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
