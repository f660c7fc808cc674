use cnn::prelude::*;

fn main() {
    let images: Vec<Image<1, 8, 8>> = Image::zeros(4);
    let outputs = Net::new(1).forward(&images);
    let (_classes, _boxes, _scores) = outputs[0].parts();
}

cnn::network!(
    pub fn Net(image: Image<1, 8, 8>) -> (Vector<10>, Vector<4>) {
        flatten;
        ({ linear(10) }, { linear(4) })
    }
);

//~ fix: (_classes, _boxes, _scores) => (_classes, _boxes)
