fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 8, 8>) -> Vector<64> {
        block
    }

    #[budget(params <= 62_000)]
    fn block() {
        flatten;
    }
);

//~ fix (put it on the network): #[budget(params <= 62_000)]\n    fn => fn
