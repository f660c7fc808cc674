fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    #[budget(param <= 62_000)]
    pub fn Net(image: Image<1, 8, 8>) -> Vector<64> {
        flatten
    }
);

//~ fix (write `params`): param <= => params <=
