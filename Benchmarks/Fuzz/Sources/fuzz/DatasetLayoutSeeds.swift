import DatasetModule

/// Rows a line, as the `datasets` library exports them.
enum Rows: DatasetSeeds {
    static let name = "rows"
    static let seeds = [
        #"""
        {"id":"1","title":"T","context":"The café 😀 of 1921.","question":"When?","answers":{"text":["1921"],"answer_start":[14]}}
        {"id":2,"context":"b c","question":"\u00e9?","answers":{"text":[],"answer_start":[]},"is_impossible":true}

        {"id":"3","context":"b c","question":"C?","answers":[{"text":"c","answer_start":2}]}
        """#,
        #"{"id":"1","context":"x y","question":"?","answers":["y","x"]}"#,
        // Passages a line.
        #"""
        {"title":"T","context":"The mill of 1921.","qas":[{"id":"1","question":"When?","answers":[{"text":"1921","answer_start":12}]}]}
        {"context":"x y","qas":[{"qid":"2","question":"Q","answers":["y"],"detected_answers":[{"text":"y","char_spans":[[2,2]]}]},
        """#.replacing(",\n", with: ",")
            + #"{"id":"3","question":"Q","answer":{"text":"x","answer_start":0}}]}"#,
    ]
    static let fragments = rowFragments
}

/// Articles, passages and rows in an array, under `data`, or as the hub's row service wraps them.
enum Arrays: DatasetSeeds {
    static let name = "arrays"
    static let seeds = [
        #"[{"title":"T","paragraphs":[{"context":"a b","qas":[{"id":"1","question":"?","answers":[{"text":"b","answer_start":2}]}]}]}]"#,
        #"[{"context":"a b","qas":[{"id":"1","question":"?","answers":{"text":["b"],"answer_start":[2]}}]}]"#,
        #"""
        {"version":"0.1.0","data":[{"id":"1","context":"caf\u00e9 x","question":"?","answers":{"text":["x"],"answer_start":[5]}},
        {"id":"2","context":"caf\u00e9 x","question":"?","answers":[{"text":"x","answer_start":5}],"is_impossible":0}]}
        """#,
        #"""
        {"features":[{"name":"id"}],"rows":[{"row_idx":0,"row":{"id":"1","context":"a b","question":"?",
        "answers":{"text":["b"],"answer_start":[2]}},"truncated_cells":[]}],"num_rows_total":1}
        """#,
    ]
    static let fragments = rowFragments + ["\"rows\":[", "\"row\":{", "\"data\":[]", "\"paragraphs\":["]
}

/// Rows by columns.
enum Columns: DatasetSeeds {
    static let name = "columns"
    static let seeds = [
        #"""
        {"id":["1","2"],"title":["T",null],"context":["caf\u00e9 x","b"],"question":["?","Q"],
        "answers":[{"text":["x"],"answer_start":[5]},{"text":[],"answer_start":[]}],"is_impossible":[false,true]}
        """#,
        #"""
        {"id":{"0":"1","1":"2"},"context":{"0":"a b","1":"b"},"question":{"0":"?","1":"Q"},
        "answers":{"0":{"text":["b"],"answer_start":[2]},"1":["b"]}}
        """#,
    ]
    static let fragments = rowFragments + ["\"context\":[],", "\"question\":{},", "\"2\":\"x\",", ",\"x\""]
}

/// Comma- and tab-separated values.
enum Table: DatasetSeeds {
    static let name = "table"
    static let tables = DatasetReader.Tables.read
    static let seeds = [
        "id,title,question,context,answers\r\n1,T,When?,\"The mill,\r\nof \"\"1921\"\".\",\"{'text': ['1921']}\"\r\n2,,Q,café 😀,\r\n",
        "\u{FEFF}\"question\",\"context\",\"id\"\n\"a\n\nb\",\"x \"\"y\"\"\",\"1\"\n\nq,c \"d\",2",
        "question\tcontext\tqid\nWhen?\tThe mill, of 1921.\t1\n\"Q\"\t\"a\tb\"\t2\n",
    ]
    static let fragments = [
        "\"", "\"\"", "\",\"", ",", "\t", "\n", "\r\n", "\r", ";", "question", "context", "id", "qid", ",,",
        "\u{FEFF}",
        "\0", "é", "{", "[",
    ]
}

private let rowFragments = [
    "\"id\":\"1\",", "\"context\":\"a b\",", "\"question\":\"?\",",
    "\"answers\":{\"text\":[\"a\"],\"answer_start\":[0]},",
    "\"answer_start\":", "\"qas\":[", "\"is_impossible\":true,", "\n{}\n", "[],",
]
