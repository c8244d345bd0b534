Attribute VB_Name = "Bridge"
Option Explicit

' The way into Python: xlwings' RunPython with the interpreter that the hidden settings sheet names.
' No #If and no Declare: LibreOffice knows neither, and 32- and 64-bit Excel need neither.
Public Sub StartPython(ByVal entry As String)
    If Interpreter() = "" Then
        MsgBox "This button does not know yet where Stepladder is on this computer." & vbLf & vbLf & _
            "Close the workbook and enter in a terminal, in the folder of " & ThisWorkbook.Name & ":" & _
            vbLf & vbLf & "stepladder doctor """ & ThisWorkbook.Name & """ --fix", _
            vbInformation, "Stepladder"
    Else
        RunPython "import stepladder.addin; stepladder.addin." & entry & "()"
    End If
End Sub

' Left to itself, RunPython takes any Python that it finds in place of a missing one.
Private Function Interpreter() As String
    If InStr(Application.OperatingSystem, "Mac") > 0 Then
        Interpreter = GetConfig("INTERPRETER_MAC")
    Else
        Interpreter = GetConfig("INTERPRETER_WIN")
    End If
End Function
