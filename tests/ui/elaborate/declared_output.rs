fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        flatten;
        linear(84)
    }
);

//~ fix: Vector<10> => Vector<84>
//~ fix (change the last layers): linear(84) => linear(10)
