fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    #[budget(62_000 >= params)]
    pub fn Net(image: Image<1, 8, 8>) -> Vector<64> {
        flatten
    }
);

//~ fix: 62_000 >= params => params <= 62_000
