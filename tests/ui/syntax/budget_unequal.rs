fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    #[budget(params != 0)]
    pub fn Net(image: Image<1, 8, 8>) -> Vector<64> {
        flatten
    }
);

//~ fix (`<=`, `<`, `>=`, `>` and `==`): != => ==
