fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        flatten;
        linear(10, in_features = 400)
    }
);

//~ fix: in_features = 400 => in_features = 784
//~ fix (leave it out): , in_features = 400 =>
