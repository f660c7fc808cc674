use cnn::prelude::*;

fn main() {
    let images: Vec<Image<1, 8, 8>> = Image::zeros(4);
    let outputs = Net::new(1).forward(&images);
    let _ = outputs[0].classes;
}

cnn::network!(
    pub fn Net(image: Image<1, 8, 8>) -> (Vector<10>, Vector<4>) {
        flatten;
        ({ linear(10) }, { linear(4) })
    }
);

//~ fix: outputs[0].classes => outputs[0].parts().0
