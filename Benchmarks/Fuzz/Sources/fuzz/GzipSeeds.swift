import Foundation

/// Files in blocks of dynamic codes with a flush between, which `GzipWriter` does not write.
enum GzipSeeds {
    /// A SQuAD document of three questions, compressed by zlib 1.2.13 at level 9.
    static let squad = """
        H4sIAAAAAAACA6SQTW7CMBCFrzLyGiHMpqIbroDYsEComsROYgnZYA9/QhwBqdfoOXqW3qMeJhhYoyhR8r6Xl7x3Vnsbkwte\
        fYLSQ60GoAwS5sflWZGjtWUyd2xjuMGIbcRNl8RSB0/2SGyKbALnYRYiBfj7voL1rfM2q8KwoXwVXFC5EV084i+IswTneGEs\
        8fnmV7nTFvsyznCP7egm7myifphF5+quvDJljD4deBLZqV/gOVQMX4kwMtMfl1U+BvAyWRWdaS1UJ2jWIZj0+D89GWvW0Zt7\
        jRZLS1ZrbH5/xMel+wBRb7n/AAAA//+lkEEOgjAQRa8y6ZqFsDDRjVdw58IYU+gITUgrbREN8QgmXtJ72KEVXODKdDHJf7+/\
        04+w1cZpyFtZOzDyggZyI0WJkN/gVGstLKAqpUJP0lWWks6ViF5ecqlCBkuANdyyNex7JoWfrEkHsUXrpFak7CpZVEPOhhBX\
        tkMT7zi8OvIQneDROm5Iz5b3gz8J9KzQ6mPu+Nd+YafX8wEk6zMqFBMNPyUaSRykBDZaI6EUoiF3pCT/8e5cUdl8UT7ud08e\
        ztS0GFqi8wZKBqrguAMAAA==
        """

    /// The same for MRQA.
    static let mrqa = """
        H4sIAAAAAAACA5yQQU7DMBBF95zCmnUXNAsEbLgCS6QqqqbxpLFU7MaeUpCVIyBxDc7BWbgHM7FbQGKF4oX138/3/MkwEFqK\
        cGsyWGRMxHKHB5imiwxd8EzPs7I5uB2b+xA5mOVNszTkt84TRcMDmc+316JG9yRSMWPPcsctOl/1fheCTbO7j+HxO6OCEl/+\
        kPPfN2FhYMQkY68yjM7q/OPlrB4osQtelTsV0KcjxdkKEgqtaJaYOia7/gEznBahLjF1A8Z12otF8aq5Wpjmum0n/X5vToqE\
        PXmytYnO3WH/8a4Vj3hqfe5WWFme4lLvjDcvldXQgjVUyJ9vfQEAAP//nZBLCsIwEIb3nmLIupvUhY+NV3AvRcZ2agOa2GR8\
        QPEIgtfwHJ7Fe5i0tQoKimSTfPn/efyYXy+gNOzRwdRYNkB6qTSRhRT9n4hAlOjEGGaVKFXmL6KUNd2SY2V0IJMAULs92Voq\
        Gm/iaUZMKVM2f/muBNOBg7HrkRZo527jRUEwk8MIYpkkx3B6lUiNfljkKJaAOfsJ85UxmXtOjEv0qzRrcEFg1a6jt/Ppofev\
        ukhAi61acSvMrVm37gZ3hf/v+TG/+Gt+tf+H/Brde37xIIJ+l98da4p38coDAAA=
        """

    static func bytes(_ base64: String) -> [UInt8] { [UInt8](Data(base64Encoded: base64) ?? Data()) }
}
