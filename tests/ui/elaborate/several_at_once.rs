fn main() {
    let _ = (First::new(1), Second::new(1));
}

cnn::network!(
    pub fn First(image: Image<1, 28, 28>) -> Vector<10> {
        conv2d(6, kernal_size = 5, strid = 2);
        dropout(1.5);
        flatten;
        linear(10)
    }
    pub fn Second(image: Image<1, 28, 28>) -> Vector<10> {
        reluu;
        flatten;
        linear(10)
    }
);

//~ fix: kernal_size => kernel_size
//~ fix (a similar name: `stride`): strid = => stride =
//~ fix: dropout(1.5) => dropout(0.5)
//~ fix: reluu => relu
