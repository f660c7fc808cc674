fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        if image.channels {
            relu;
        }
        flatten;
        linear(10)
    }
);

//~ fix (`image.channels != 0`): if image.channels { => if image.channels != 0 {
