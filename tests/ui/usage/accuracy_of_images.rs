use cnn::prelude::*;

cnn::network!(
    pub fn Segment(image: Image<1, 8, 8>) -> Image<3, 8, 8> {
        conv2d(3, kernel_size = 1)
    }
);

fn main() {
    let data = Dataset::new(vec![Image([[[0.0; 8]; 8]])], vec![0]).unwrap();
    evaluate(&Segment::new(1), &data, 1).unwrap();
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        let conv1 = conv2d(6, kernel_size = 5);
        relu;
        flatten;
        let head = linear(10);
    }
);

//~ fix: -> Image<3, 8, 8> => -> Vector<3> && conv2d(3, kernel_size = 1) => flatten;\n        linear(3)
