fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    #[budget(latency <= 10)]
    pub fn Net(image: Image<1, 8, 8>) -> Vector<64> {
        flatten
    }
);

//~ fix (the names are `params`, `macs`): latency <= 10 => macs <= 10
