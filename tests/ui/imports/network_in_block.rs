fn main() {}

cnn::block!(
    pub fn Net(image: Image<1, 8, 8>) -> Vector<10> {
        flatten;
        linear(10)
    }
);

//~ fix (move it into `network!( … )`): block! => network!
