fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    #[budget]
    pub fn Net(image: Image<1, 8, 8>) -> Vector<64> {
        flatten
    }
);

//~ fix: #[budget] => #[budget(params <= 62_000, macs <= 500_000)]
