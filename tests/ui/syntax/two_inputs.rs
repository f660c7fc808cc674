fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(left: Image<1, 28, 28>, right: Image<1, 28, 28>) -> Vector<10> {
        flatten;
        linear(10)
    }
);

//~ fix (with the channels of all): left: Image<1, 28, 28>, right: Image<1, 28, 28> => image: Image<2, 28, 28>
